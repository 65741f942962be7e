select leg_id, aobt, aibt
from {{ ref('int_legs') }}
where aibt <= aobt
