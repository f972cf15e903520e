"""The components of the Template Builder: fields, views, layouts, conditions and actions."""
