"""A day between London, Glasgow, Amsterdam, Palma and New York on which much goes wrong.

Three made-up airlines: 9Q (UK licence), 8Q (EU licence), 7Q (another). One aircraft breaks down in
the morning and drags its delay through four legs; the rest are stories of their own. The truth
below was worked out by hand from the articles; distances: LHR-AMS 371 km, LHR-PMI 1,345, AMS-PMI
1,413, GLA-PMI 2,102, LHR-JFK 5,540, AMS-JFK 5,847.
"""

# ruff: noqa: E501 (a table reads best with one row a line)

from datetime import date

from streaming.simulator.scenarios.script import ScriptedLeg, Travellers

DEFAULT_DAY = date(2026, 6, 15)
SEED = 261

LEGS = (
    # G-KNOA: a defect in the morning knocks on through the day.
    ScriptedLeg("9Q101", "LHR-AMS", "06:00", "07:15", "G-KNOA", "uk", 200, 195, "technical_routine", "41"),
    ScriptedLeg("9Q102", "AMS-LHR", "08:05", "09:25", "G-KNOA", "uk", 195, 190, "late_inbound_operational", "93"),
    ScriptedLeg("9Q103", "LHR-PMI", "10:30", "12:55", "G-KNOA", "uk", 180, 170, "late_inbound_operational", "93"),
    ScriptedLeg("9Q104", "PMI-LHR", "13:45", "16:15", "G-KNOA", "uk", 185, 186, "late_inbound_operational", "93"),
    # New York: one crew falls ill, the others run.
    ScriptedLeg("9Q301", "LHR-JFK", "09:30", "17:30", "G-KNOB", "uk", 230, 225, "crew_illness", "66"),
    ScriptedLeg("9Q302", "LHR-JFK", "12:45", "20:45", "G-KNOC", "uk", 0, -5),
    ScriptedLeg("9Q304", "LHR-JFK", "17:00", "01:00+", "G-KNOD", "uk", 4, 0),
    ScriptedLeg("7Q601", "JFK-LHR", "01:00", "08:00", "N-KN1", "other", 300, 300, "technical_routine", "41"),
    # Amsterdam and Palma: cancelled at the gate, and one in a thunderstorm.
    ScriptedLeg("8Q401", "AMS-PMI", "09:00", "11:25", "PH-KNA", "eu", cause="technical_routine", delay_code="41", cancelled_before=90),
    ScriptedLeg("8Q402", "PMI-AMS", "12:15", "14:45", "PH-KNA", "eu", cause="weather_unsafe", delay_code="71", cancelled_before=60),
    ScriptedLeg("8Q403", "AMS-PMI", "15:00", "17:25", "PH-KNB", "eu", 5, 2),
    ScriptedLeg("8Q404", "PMI-AMS", "18:30", "21:00", "PH-KNB", "eu", 10, 5),
    ScriptedLeg("8Q202", "LHR-AMS", "09:30", "10:45", "PH-KNC", "eu", 0, -3),
    ScriptedLeg("8Q203", "AMS-LHR", "11:45", "13:05", "PH-KNC", "eu", 12, 6),
    ScriptedLeg("8Q501", "LHR-AMS", "15:00", "16:15", "PH-KNC", "eu", 245, 240, "technical_routine", "41"),
    # Glasgow: a late aircraft to Palma and back, and a flight dropped three weeks ahead.
    ScriptedLeg("9Q801", "GLA-PMI", "07:00", "10:10", "G-KNOE", "uk", 210, 205, "technical_routine", "42"),
    ScriptedLeg("9Q802", "PMI-GLA", "11:10", "14:20", "G-KNOE", "uk", 200, 195, "late_inbound_operational", "93"),
    ScriptedLeg("9Q701", "GLA-LHR", "07:30", "08:55", "G-KNOF", "uk", cause="schedule_change", cancelled_before=780),
    ScriptedLeg("9Q702", "LHR-GLA", "18:00", "19:25", "G-KNOF", "uk", 8, 3),
)  # fmt: skip

TRAVELLERS = (
    Travellers("morning to Amsterdam", 62, ("9Q101",), ("uk", 220_00, "GBP"),
               care=(("meals", 9_50, "GBP", "LHR-CATERING"), ("comms", 0, "GBP", "LHR-DESK"))),
    Travellers("Amsterdam to London", 48, ("9Q102",), ("eu", 250_00, "EUR")),
    # They reach London at 12:35, ten minutes before their onward flight: rebooked, 255 late.
    Travellers("Amsterdam to New York, missed", 26, ("9Q102", "9Q302"), ("eu", 600_00, "EUR"),
               rebooked=("9Q102", "9Q304"), rebooked_at="12:40"),
    Travellers("London to Palma, under three hours", 71, ("9Q103",), None),
    Travellers("Palma to London", 66, ("9Q104",), ("eu", 250_00, "EUR")),
    Travellers("New York, three to four hours", 84, ("9Q301",), ("uk", 260_00, "GBP")),
    Travellers("New York on time", 58, ("9Q302",), None),
    Travellers("New York in the evening", 52, ("9Q304",), None),
    Travellers("home from New York on a third licence", 60, ("7Q601",), None),
    Travellers("Amsterdam to Palma, cancelled", 44, ("8Q401",), ("eu", 250_00, "EUR"),
               told_before=85, offered="8Q403", rebooked=("8Q403",), rebooked_at="07:50",
               # A room for the day: more than the law gives, since nobody needs a night.
               care=(("meals", 12_00, "EUR", "AMS-CATERING"), ("hotel", 64_00, "EUR", "AMS-INN"))),
    # Weather, but the excuse has no proof and no second person yet: accrued until it has.
    Travellers("Palma to Amsterdam, thunderstorm", 39, ("8Q402",), ("eu", 250_00, "EUR"),
               told_before=55, offered="8Q404", rebooked=("8Q404",), rebooked_at="11:30"),
    Travellers("London to Amsterdam on time", 37, ("8Q202",), None),
    Travellers("Amsterdam to London on time", 41, ("8Q203",), None),
    Travellers("afternoon to Amsterdam", 55, ("8Q501",), ("uk", 220_00, "GBP")),
    Travellers("Glasgow to Palma", 58, ("9Q801",), ("uk", 350_00, "GBP")),
    Travellers("Palma to Glasgow", 54, ("9Q802",), ("eu", 400_00, "EUR")),
    Travellers("Glasgow to London, told weeks ahead", 22, ("9Q701",), None,
               told_before=21 * 24 * 60, offered="9Q702"),
    Travellers("London to Glasgow", 33, ("9Q702",), None),
)  # fmt: skip
