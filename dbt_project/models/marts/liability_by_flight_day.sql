{{ liability_by(['flight_day']) }}
