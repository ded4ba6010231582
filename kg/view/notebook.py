"""The page inside a Jupyter notebook."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def repr_html(html: str) -> str:
    """The page in a frame of its own, for `_repr_html_` or `IPython.display.HTML`.

    Parameters
    ----------
    html : str
        A whole page, as from `kg.view.page.render`.

    Returns
    -------
    str
        An `iframe` that holds the page; what it may do is to run its scripts, save a picture and open a link in a new tab.
    """
    environment = Environment(loader=PackageLoader("kg.view"), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("frame.html").render(html=html).strip()
