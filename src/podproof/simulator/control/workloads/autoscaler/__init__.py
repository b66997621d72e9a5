"""HorizontalPodAutoscalers: what is measured, how many pods that asks for, and how fast their number may change."""
