"""Ways to start the worker of a claimed run. Each gives back a child that can be asked whether it lives."""
