"""Settings of Sphinx for the documentation site, which ``python -m tools.site`` builds."""

import pkzone

project = "pkzone"
author = "The pkzone developers"
version = release = pkzone.__version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc", "sphinx_click"]
myst_heading_anchors = 4  # the same names as on GitHub, so that links work on both
highlight_language = "text"
default_role = "literal"  # single backticks in docstrings and help
smartquotes_action = "qe"  # no dashes: two hyphens begin an option
exclude_patterns: list[str] = []

nb_execution_in_temp = True  # each notebook in an empty folder
nb_execution_raise_on_error = True
nb_execution_timeout = 300  # seconds for a cell, on a slow machine
nb_output_stderr = "remove-warn"  # and warnings are errors
nb_render_image_options = {"alt": "Picture drawn by the code above"}

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
    """Hold the pages of commands to what ``--help`` prints, and leave out what says nothing."""
    for part in ("description", "options"):
        app.connect(f"sphinx-click-process-{part}", _name_no_addresses)
    app.connect("sphinx-click-process-arguments", lambda _app, _context, lines: lines.clear())
    app.connect("sphinx-click-process-epilog", _show_examples)
    app.connect("autodoc-skip-member", _skip_fields)


def _name_no_addresses(app, context, lines):
    """Keep docutils from making an e-mail address of ``LAYER@DATE``."""
    lines[:] = [line if line.startswith(".. ") else line.replace("@", r"\@") for line in lines]


def _show_examples(app, context, lines):
    if examples := getattr(context.command, "examples", ()):
        lines += ["", ".. rubric:: Examples", "", ".. code-block:: bash", ""]
        lines += [*(f"   {example}" for example in examples), ""]


def _skip_fields(app, what, name, member, skip, options):
    """Leave out the fields of a named tuple, which its signature has, unless they say more."""
    return True if (member.__doc__ or "").startswith("Alias for field number") else None
