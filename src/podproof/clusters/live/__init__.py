"""A real cluster behind the port: reached by a kubeconfig, watched over HTTP, on its own time.

Rules for editing: only this package imports the kubernetes client. Threads read watches and put what they read into one
inbox; the thread that runs the scenario alone takes it out and writes the record.
"""
