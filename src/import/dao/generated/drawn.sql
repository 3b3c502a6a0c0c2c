-- What the accounts from {first} to {last} are like: numbers from 0 up to 1 that follow from the number of the account,
-- and what both platforms make of them.
WITH syllables AS (
    SELECT ARRAY['ka','ra','mi','so','te','na','vi','lo','shu','be','dha','qui','ro','pa','zen','tu','gri','yo','fa','lin',
                 'mo','ser','ja','ke','du','no','wi','xa','pri','bo'] AS s,
           ARRAY['Food','Travel','Beauty','Fashion','Fitness','Gaming','Music','Comedy','Education','Finance','Art','Cars',
                 'Pets','Sports','Science','Books','Family','Home','Health','Film','Dance','Photography','Technology','News'] AS c,
           ARRAY['hi','en','ta','te','bn','mr','gu','kn','ml','pa','ur','or'] AS l,
           ARRAY['Mumbai','Delhi','Bengaluru','Hyderabad','Ahmedabad','Chennai','Kolkata','Surat','Pune','Jaipur','Lucknow',
                 'Kanpur','Nagpur','Indore','Thane','Bhopal','Patna','Vadodara','Ludhiana','Agra','Nashik','Rajkot'] AS p,
           ARRAY['MH','DL','KA','TG','GJ','TN','WB','RJ','UP','MP','BR','PB'] AS r,
           ARRAY['Poor','Average','Good','Very Good','Excellent'] AS g
),
uniform AS (
    SELECT number, (hashint8extended(number, 1) & 1099511627775) / 1099511627776.0::float8 AS u1,
         (hashint8extended(number, 2) & 1099511627775) / 1099511627776.0::float8 AS u2,
         (hashint8extended(number, 3) & 1099511627775) / 1099511627776.0::float8 AS u3,
         (hashint8extended(number, 4) & 1099511627775) / 1099511627776.0::float8 AS u4,
         (hashint8extended(number, 5) & 1099511627775) / 1099511627776.0::float8 AS u5,
         (hashint8extended(number, 6) & 1099511627775) / 1099511627776.0::float8 AS u6,
         (hashint8extended(number, 7) & 1099511627775) / 1099511627776.0::float8 AS u7,
         (hashint8extended(number, 8) & 1099511627775) / 1099511627776.0::float8 AS u8,
         (hashint8extended(number, 9) & 1099511627775) / 1099511627776.0::float8 AS u9,
         (hashint8extended(number, 10) & 1099511627775) / 1099511627776.0::float8 AS u10,
         (hashint8extended(number, 11) & 1099511627775) / 1099511627776.0::float8 AS u11,
         (hashint8extended(number, 12) & 1099511627775) / 1099511627776.0::float8 AS u12,
         (hashint8extended(number, 13) & 1099511627775) / 1099511627776.0::float8 AS u13,
         (hashint8extended(number, 14) & 1099511627775) / 1099511627776.0::float8 AS u14,
         (hashint8extended(number, 15) & 1099511627775) / 1099511627776.0::float8 AS u15,
         (hashint8extended(number, 16) & 1099511627775) / 1099511627776.0::float8 AS u16,
         (hashint8extended(number, 17) & 1099511627775) / 1099511627776.0::float8 AS u17,
         (hashint8extended(number, 18) & 1099511627775) / 1099511627776.0::float8 AS u18,
         (hashint8extended(number, 19) & 1099511627775) / 1099511627776.0::float8 AS u19,
         (hashint8extended(number, 20) & 1099511627775) / 1099511627776.0::float8 AS u20,
         (hashint8extended(number, 21) & 1099511627775) / 1099511627776.0::float8 AS u21,
         (hashint8extended(number, 22) & 1099511627775) / 1099511627776.0::float8 AS u22,
         (hashint8extended(number, 23) & 1099511627775) / 1099511627776.0::float8 AS u23,
         (hashint8extended(number, 24) & 1099511627775) / 1099511627776.0::float8 AS u24,
         (hashint8extended(number, 25) & 1099511627775) / 1099511627776.0::float8 AS u25,
         (hashint8extended(number, 26) & 1099511627775) / 1099511627776.0::float8 AS u26,
         (hashint8extended(number, 27) & 1099511627775) / 1099511627776.0::float8 AS u27,
         (hashint8extended(number, 28) & 1099511627775) / 1099511627776.0::float8 AS u28,
         (hashint8extended(number, 29) & 1099511627775) / 1099511627776.0::float8 AS u29,
         (hashint8extended(number, 30) & 1099511627775) / 1099511627776.0::float8 AS u30
    FROM generate_series({first}, {last}) AS number
),
drawn AS (
    SELECT u.*, s.*,
        initcap(s.s[1 + (u1 * 30)::int % 30] || s.s[1 + (u2 * 30)::int % 30]) || ' '
            || initcap(s.s[1 + (u3 * 30)::int % 30] || s.s[1 + (u4 * 30)::int % 30] || s.s[1 + (u5 * 30)::int % 30]) AS person,
        exp(9 + 1.9 * sqrt(-2 * ln(greatest(u6, 1e-9))) * cos(2 * pi() * u7))::bigint AS size,
        CASE WHEN u8 < 0.7 THEN 'IN' ELSE (ARRAY['US','GB','BR','ID','NG','PH'])[1 + (u8 * 100)::int % 6] END AS land,
        (ARRAY[c[1 + floor(24 * u9 * u9)::int], c[1 + floor(24 * u10)::int], c[1 + floor(24 * u11)::int]])[1:1 + floor(2.5 * u12)::int] AS topics,
        (ARRAY[l[1 + floor(12 * u13 * u13)::int], l[1 + floor(12 * u14)::int]])[1:1 + floor(1.6 * u15)::int] AS tongues,
        p[1 + floor(22 * u16 * u16)::int] AS town, r[1 + floor(12 * u16)::int] AS region,
        u17 < 0.35 AS has_audience
    FROM uniform u CROSS JOIN syllables s
),
documented AS (
    SELECT drawn.*,
        CASE WHEN has_audience THEN jsonb_build_object('male_per', round((100 * u18)::numeric, 2), 'female_per', round((100 - 100 * u18)::numeric, 2)) END AS audience_gender,
        CASE WHEN has_audience THEN jsonb_build_object('13-17', round((10 * u19)::numeric, 2), '18-24', round((45 * u20)::numeric, 2),
            '25-34', round((40 * u21)::numeric, 2), '35-44', round((15 * u22)::numeric, 2), '45-54', round((8 * u23)::numeric, 2),
            '55-64', round((4 * u24)::numeric, 2), '65+', round((2 * u25)::numeric, 2)) END AS audience_age,
        CASE WHEN has_audience THEN jsonb_build_object(
            'city', jsonb_build_object(p[1 + floor(22 * u19)::int], round((30 * u20)::numeric, 2), p[1 + floor(22 * u21)::int], round((20 * u22)::numeric, 2),
                                       p[1 + floor(22 * u23)::int], round((10 * u24)::numeric, 2), town, round((25 * u25)::numeric, 2)),
            'state', jsonb_build_object(region, round((50 * u26)::numeric, 2), r[1 + floor(12 * u27)::int], round((20 * u28)::numeric, 2)),
            'country', jsonb_build_object(land, round((60 + 40 * u29)::numeric, 2), 'US', round((20 * u30)::numeric, 2))) END AS audience_location
    FROM drawn
)
