-- Everything accrued is paid, discharged, let go or still owed; what passengers have in excess aside.
select *
from {{ ref('provision_outcome') }}
where accrued_minor <> owed_minor - receivable_minor - goodwill_minor + paid_minor + vouchers_minor
    + written_off_minor + converted_minor
