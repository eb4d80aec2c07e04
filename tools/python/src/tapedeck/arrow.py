"""Columns for Arrow, by its C data interface and the PyCapsule protocol, without pyarrow.

Source: https://arrow.apache.org/docs/format/CDataInterface.html and .../CDataInterface/PyCapsuleInterface.html
"""
import ctypes

import numpy

FORMATS = {"i8": b"l", "i4": b"i", "u1": b"C", "u8": b"L", "f8": b"g", "f4": b"f"}


class Schema(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


RELEASE_SCHEMA = ctypes.CFUNCTYPE(None, ctypes.POINTER(Schema))
RELEASE_ARRAY = ctypes.CFUNCTYPE(None, ctypes.POINTER(Array))
DESTROY = ctypes.CFUNCTYPE(None, ctypes.c_void_p)

Schema._fields_ = [
    ("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64), ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(Schema))), ("dictionary", ctypes.POINTER(Schema)),
    ("release", RELEASE_SCHEMA), ("private_data", ctypes.c_void_p)]
Array._fields_ = [
    ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)), ("children", ctypes.POINTER(ctypes.POINTER(Array))),
    ("dictionary", ctypes.POINTER(Array)), ("release", RELEASE_ARRAY),
    ("private_data", ctypes.c_void_p)]

# What is lent lives here until it is released, by a number that stands in `private_data`.
_lent, _next = {}, 1
_api = ctypes.pythonapi
_api.PyCapsule_New.restype = ctypes.py_object
_api.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_char_p, DESTROY]
_api.PyCapsule_GetPointer.restype = ctypes.c_void_p
_api.PyCapsule_GetPointer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]


def _lend(*what):
    global _next
    _lent[_next] = what
    _next += 1
    return _next - 1


def _release_children(struct):
    for index in range(struct.n_children):
        child = struct.children[index]
        if child.contents.release:
            child.contents.release(child)


@RELEASE_SCHEMA
def _release_schema(pointer):
    _release_children(pointer.contents)
    _lent.pop(pointer.contents.private_data, None)
    pointer.contents.release = RELEASE_SCHEMA()


@RELEASE_ARRAY
def _release_array(pointer):
    _release_children(pointer.contents)
    _lent.pop(pointer.contents.private_data, None)
    pointer.contents.release = RELEASE_ARRAY()


def _capsule(struct, name):
    """A capsule that owns a struct; whoever imports it has taken `release` away."""
    key = _lend(struct)

    @DESTROY
    def destroy(capsule):
        kept = _lent.pop(key)[0]
        if kept.release:
            kept.release(ctypes.byref(kept))

    struct.destroy = destroy  # lives as long as the struct
    return _api.PyCapsule_New(ctypes.addressof(struct), name, destroy)


def _schema(format, name=b"", children=()):
    pointers = (ctypes.POINTER(Schema) * max(1, len(children)))(*map(ctypes.pointer, children))
    schema = Schema(format=format, name=name, flags=0, n_children=len(children), children=pointers,
                    release=_release_schema)
    schema.private_data = _lend(pointers, children, format, name)
    return schema


def _array(length, buffers, children=(), keep=None):
    addresses = (ctypes.c_void_p * len(buffers))(*buffers)
    pointers = (ctypes.POINTER(Array) * max(1, len(children)))(*map(ctypes.pointer, children))
    array = Array(length=length, null_count=0, offset=0, n_buffers=len(buffers),
                  n_children=len(children), buffers=addresses, children=pointers,
                  release=_release_array)
    array.private_data = _lend(addresses, pointers, children, keep)
    return array


class Columns:
    """Named columns of one length, which pyarrow, pandas, polars and DuckDB take as they are."""

    def __init__(self, columns):
        self.columns = {name: numpy.ascontiguousarray(column) for name, column in columns.items()}

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def __arrow_c_schema__(self):
        return _capsule(self._schema(), b"arrow_schema")

    def __arrow_c_array__(self, requested_schema=None):
        arrays = [_array(len(column), [None, column.ctypes.data], keep=column)
                  for column in self.columns.values()]
        return self.__arrow_c_schema__(), _capsule(_array(len(self), [None], arrays), b"arrow_array")

    def _schema(self):
        return _schema(b"+s", children=[
            _schema(FORMATS[column.dtype.str[1:]], name.encode())
            for name, column in self.columns.items()])
