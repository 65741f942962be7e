"""Assesses a file of cases row by row. The law is `domain.passenger_rights`; nothing is stored."""
