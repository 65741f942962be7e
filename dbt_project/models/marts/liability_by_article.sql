{{ liability_by(['article']) }}
