"""Pure tensor functions: tensors in, tensors out. No model, device, settings, logger or database."""
