{{ liability_by(['airport']) }}
