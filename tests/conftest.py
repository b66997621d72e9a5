"""The cases that hypothesis tries are the same in every run; `--hypothesis-profile=explore` looks for others."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", max_examples=2000)
settings.load_profile("repeatable")
