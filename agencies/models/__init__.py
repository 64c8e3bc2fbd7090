"""Who takes part: the province, its groups of agencies, the agencies, the people."""

from agencies.models.people import Capacity, User
from agencies.models.register import Agency, AgencyGroup, Jurisdiction

__all__ = ["Agency", "AgencyGroup", "Capacity", "Jurisdiction", "User"]
