{{ liability_by(['airline']) }}
