"""pachd's protocol as the emulator speaks it: the client's own, with what came after it (protocol_additions.py).

The messages live in a pool of their own; the client's in the same process stay as they are.
"""

import re
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.message_factory import GetMessageClass

from hitl_assets import pachyderm_protobuf as client
from hitl_assets.emulators.pachyderm.wire.protocol_additions import CALLS, FIELDS, IMPORTS

FIELD = re.compile(r"(repeated )?([\w.]+) (\w+) = (\d+)")
CALL = re.compile(r"(\w+)\(([\w.]+)\) returns \((stream )?([\w.]+)\)")
Field = descriptor_pb2.FieldDescriptorProto


class Messages:
    """The classes and enum values of one file of the protocol, by name, and its descriptor."""

    def __init__(self, descriptor: Any) -> None:
        self.DESCRIPTOR = descriptor
        self._found: dict[str, Any] = {
            value.name: value.number for enum in descriptor.enum_types_by_name.values() for value in enum.values
        }
        for name, message in descriptor.message_types_by_name.items():
            self._found[name] = GetMessageClass(message)

    def __getattr__(self, name: str) -> Any:
        """A class, or the number of an enum's value."""
        try:
            return self._found[name]
        except KeyError:
            raise AttributeError(f"the protocol has no {name}") from None


def extended_pool(*files: Any) -> descriptor_pool.DescriptorPool:
    """A pool with these files, those they need, and all that came after them."""
    pool = descriptor_pool.DescriptorPool()
    by_package = {file.package: file for file in files}
    seen: set[str] = set()

    def add(file: Any) -> None:
        if file.name in seen:
            return
        seen.add(file.name)
        found = descriptor_pb2.FileDescriptorProto.FromString(file.serialized_pb)
        later = [by_package[package] for package in IMPORTS.get(file.package, ())]
        for needed in (*file.dependencies, *later):
            add(needed)
        found.dependency.extend(needed.name for needed in later)
        extend(found)
        pool.Add(found)

    for file in files:
        add(file)
    return pool


def extend(file: descriptor_pb2.FileDescriptorProto) -> None:
    """Give a file the messages, fields and calls that it has today."""
    for full_name, lines in FIELDS.items():
        package, _, name = full_name.rpartition(".")
        if package == file.package:
            message = next((one for one in file.message_type if one.name == name), None) or file.message_type.add(
                name=name
            )
            message.field.extend(read_field(line) for line in lines)
    for service in file.service:
        for line in CALLS.get(f"{file.package}.{service.name}", ()):
            add_call(service, line)


def read_field(line: str) -> descriptor_pb2.FieldDescriptorProto:
    """A field as `protocol_additions` writes it."""
    ((repeated, kind, name, number),) = FIELD.findall(line)
    field = Field(name=name, number=int(number))
    field.label = Field.LABEL_REPEATED if repeated else Field.LABEL_OPTIONAL
    if "." in kind:
        field.type, field.type_name = Field.TYPE_MESSAGE, f".{kind}"
    else:
        field.type = Field.Type.Value(f"TYPE_{kind.upper()}")
    return field


def add_call(service: descriptor_pb2.ServiceDescriptorProto, line: str) -> None:
    """Add a call, or give one that is there today's messages."""
    ((name, request, stream, response),) = CALL.findall(line)
    call = next((one for one in service.method if one.name == name), None) or service.method.add(name=name)
    call.input_type, call.output_type, call.server_streaming = f".{request}", f".{response}", bool(stream)


MODULES = (client.admin_pb2, client.auth_pb2, client.pfs_pb2, client.transaction_pb2, client.version_pb2)
POOL = extended_pool(*(module.DESCRIPTOR for module in MODULES))
admin_pb2, auth_pb2, pfs_pb2, transaction_pb2, version_pb2 = (
    Messages(POOL.FindFileByName(module.DESCRIPTOR.name)) for module in MODULES
)
Empty, BytesValue, Timestamp = (
    GetMessageClass(POOL.FindMessageTypeByName(f"google.protobuf.{name}"))
    for name in ("Empty", "BytesValue", "Timestamp")
)
