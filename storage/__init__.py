"""What lasts: runs and their queue, metrics, samples, datasets. Knows neither the engine nor the app."""
