"""The dataset in the forms that people train on: a module for each form. Records in, named files out, as they are asked
for; nothing here knows where a dataset lies, nor where its files go."""
