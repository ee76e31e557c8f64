"""The registry's routes, a file for each family of Confluent's API."""

from starlette.convertors import register_url_convertor

from lingqu_registry.endpoints.addressing import PathPart

register_url_convertor("part", PathPart())  # before any route is read that names it
