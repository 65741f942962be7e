{{ liability_by(['cause']) }}
