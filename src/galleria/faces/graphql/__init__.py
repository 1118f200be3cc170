"""The counter for programs that say exactly what they want: GraphQL over the same rooms as REST.

Owns no table and decides nothing: types are made of the rooms' structs, fields ask their services.
"""
