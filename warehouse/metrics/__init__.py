"""The catalogue of assurance metrics, one declaration a file: file = metric = view = test."""
