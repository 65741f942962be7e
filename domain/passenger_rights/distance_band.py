"""How far is the journey in the eyes of Art 7? Great circle, band, and where models disagree."""

from typing import NamedTuple

from domain.network.great_circle import Distance, measure
from domain.passenger_rights.inquiry import Inquiry
from domain.passenger_rights.scope import INSIDE_EU
from domain.passenger_rights.vocabulary import Band

CONFLICT_KM = 2.0
"""Two sources of one airport that differ by more than this contradict each other (DI-08)."""


class Stretch(NamedTuple):
    """The measured journey: band, distances, and whether only the intra-Community words cap it."""

    band: Band
    distance: Distance
    capped_inside: bool


def stretch_of(inquiry: Inquiry) -> Stretch:
    """The band of the journey from first departure to final destination (DI-01)."""
    distance = measure(inquiry.origin, inquiry.destination)
    band, capped = _band(inquiry, distance.sphere_km)
    ellipsoid_band, _ = _band(inquiry, distance.wgs84_km)
    if ellipsoid_band != band and inquiry.fork("distance_borderline"):
        band = ellipsoid_band
    declared = inquiry.facts.distance_km
    if declared is not None and abs(declared - distance.sphere_km) > CONFLICT_KM:
        declared_band, _ = _band(inquiry, declared)
        if declared_band != band and inquiry.fork("coordinate_conflict"):
            band = declared_band
    _explain(inquiry, band, distance, capped)
    return Stretch(band, distance, capped)


def inside(inquiry: Inquiry) -> bool:
    """Whether both ends lie inside the EU area; UK points do until the UK is out."""
    return (
        inquiry.origin_territory.area in INSIDE_EU
        and inquiry.destination_territory.area in INSIDE_EU
    )


def _band(inquiry: Inquiry, kilometres: float) -> tuple[Band, bool]:
    bands = inquiry.rules.bands
    if kilometres <= bands.short_km:
        return "le1500", False
    if kilometres <= bands.medium_km:
        return "1500_3500_or_intra_eu", False
    if bands.medium_without_limit_inside and inside(inquiry):
        return "1500_3500_or_intra_eu", True
    return "gt3500", False


def _explain(inquiry: Inquiry, band: Band, distance: Distance, capped: bool) -> None:
    ends = f"{inquiry.origin.iata}-{inquiry.destination.iata}"
    inquiry.hit("DI-01", f"{ends} is {distance.sphere_km:.1f} km by great circle "
                f"(WGS84: {distance.wgs84_km:.1f} km).")  # fmt: skip
    rule_id = "DI-03" if inquiry.is_uk else "DI-02"
    if capped:
        inquiry.hit(rule_id, "Both ends lie inside the EU area, so any distance over 1500 km is "
                    "in the middle band.")  # fmt: skip
        areas = {inquiry.origin_territory.area, inquiry.destination_territory.area}
        if areas != {"member"}:
            inquiry.hit("DI-05", "An EEA or Swiss point is read as inside the Community.")
        return
    inquiry.hit(rule_id, f"That is distance band {band}.")
    areas = {inquiry.origin_territory.area, inquiry.destination_territory.area}
    if not inquiry.is_uk and band == "gt3500" and "uk" in areas:
        inquiry.hit("DI-04", "The UK is a third country on that day: the cap for flights inside "
                    "the Community does not help the carrier.")  # fmt: skip
