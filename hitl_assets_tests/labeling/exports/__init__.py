"""The dataset in the forms that people train on."""
