"""Item ids, as the queries use them; defined in the domain."""

from milo.domain.ids import ITEMS_PER_PROJECT, id_range, item_id, ord_of, project_of

__all__ = ["ITEMS_PER_PROJECT", "id_range", "item_id", "ord_of", "project_of"]
