"""The import package: each room is a link to the folder of its name at the top of the checkout."""
