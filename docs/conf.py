"""Settings of Sphinx for the documentation site, which ``python -m tools.site`` builds."""

import pkzone

project = "pkzone"
author = "The pkzone developers"
version = release = pkzone.__version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc", "sphinx_click"]
myst_heading_anchors = 4  # the same names as on GitHub, so that links work on both
highlight_language = "text"
exclude_patterns: list[str] = []

nb_execution_in_temp = True  # each notebook in an empty folder
nb_execution_raise_on_error = True
nb_execution_timeout = 300  # seconds for a cell, on a slow machine
nb_output_stderr = "remove-warn"  # and warnings are errors

autodoc_typehints = "none"  # numpydoc's sections have the types
autodoc_member_order = "bysource"
numpydoc_show_class_members = False  # autodoc lists them

html_theme = "furo"
html_title = "pkzone"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sphinx = html_show_copyright = False
html_theme_options = {"navigation_with_keys": True}


def setup(app):
    """Hold the pages of commands to what ``--help`` prints: examples, no unnamed arguments."""
    app.connect("sphinx-click-process-epilog", _show_examples)
    app.connect("sphinx-click-process-arguments", _hide_unnamed)


def _show_examples(app, context, lines):
    examples = getattr(context.command, "examples", ())
    lines += ["", ".. code-block:: bash", "", *(f"   {example}" for example in examples), ""]


def _hide_unnamed(app, context, lines):
    """Leave out arguments that take what follows an option, and have no name in the help."""
    kept = "\n".join(lines).split(".. option:: ")
    lines[:] = ".. option:: ".join(one for one in kept if one[:1] != "\n").split("\n")
