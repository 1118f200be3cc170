"""Loaded by pytest before anything else: makes the rules of GALLERIA_REQUIRE hold in every run."""

pytest_plugins = ("pytester", "tests.house.requirements_plugin")
