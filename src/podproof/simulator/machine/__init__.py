"""What a node runs: images, programs, the shell, files, processes and the network."""
