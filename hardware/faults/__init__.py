"""What can befall a simulated pod, its link and its host, by name and seed."""
