"""The skin before anything is done to it: a person's skin at a site, with its lesion."""

from hudnal.skin.lesion import Lesion
from hudnal.skin.person import Person
from hudnal.skin.skin import Skin, list_sites

__all__ = ["Lesion", "Person", "Skin", "list_sites"]
