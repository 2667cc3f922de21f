"""What lasts: tables, queue, metrics, datasets and artifacts. Knows neither the app nor the engine."""
