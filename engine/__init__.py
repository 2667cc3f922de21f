"""What trains: settings, analysis, maths, algorithms, models, rewards and the runtime. Shows nothing to anyone."""
