"""The columns of what is stored, for the catalog."""

import dagster as dg

from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import KEY_FIELD
from hitl_assets.reports.tables import Metadata


def item_columns(project: Project) -> Metadata:
    """The schema of a batch of items, for the catalog."""
    fields = [dg.TableColumn(name, str(spec.get("type", "string"))) for name, spec in project.inputs.items()]
    return {"dagster/column_schema": dg.TableSchema([dg.TableColumn(KEY_FIELD, "string"), *fields])}


def label_columns(project: Project) -> Metadata:
    """The schema of a batch's labels, for the catalog."""
    fields = [dg.TableColumn(name, str(spec.get("type", "string"))) for name, spec in project.inputs.items()]
    extra = [
        ("label", "string"),
        ("confidence", "float"),
        ("votes", "json"),
        ("workers", "json"),
        ("pool_id", "string"),
        ("partial", "bool"),
    ]
    columns = [dg.TableColumn(KEY_FIELD, "string"), *fields, *(dg.TableColumn(*each) for each in extra)]
    return {"dagster/column_schema": dg.TableSchema(columns)}


def dataset_columns(project: Project) -> Metadata:
    """The schema of the dataset, for the catalog."""
    fields = [dg.TableColumn(name, str(spec.get("type", "string"))) for name, spec in project.inputs.items()]
    extra = [(project.label, "string"), ("source", "string"), ("batch", "string"), (KEY_FIELD, "string")]
    last = [dg.TableColumn("confidence", "float"), dg.TableColumn("partial", "bool")]
    columns = [*fields, *(dg.TableColumn(*each) for each in extra), *last]
    return {"dagster/column_schema": dg.TableSchema(columns)}
