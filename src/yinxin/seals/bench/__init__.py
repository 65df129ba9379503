"""The benchmark of seal vision: made trials, real sheets, baselines and honest figures."""
