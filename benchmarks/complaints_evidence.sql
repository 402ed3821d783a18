-- The evidence of `scan.py`: complaints in 24 columns with rare faults. Every cell follows from the number of its row,
-- and rows come in the order of their numbers: to sort 50 million of them would take 12 GB.
CREATE MACRO roll(i, salt, sides) AS (hash(i * 1000 + salt) % sides)::BIGINT;
CREATE MACRO fault(i, salt, rarity) AS roll(i, salt, rarity) = 0;

CREATE VIEW drawn AS
SELECT
    i,
    TIMESTAMP '2024-11-01 06:00:00' + to_minutes(roll(i, 1, 1051000)) AS received,
    CASE WHEN roll(i, 2, 10) = 0 THEN 'critical' WHEN roll(i, 2, 10) < 4 THEN 'major' ELSE 'minor' END AS grave,
    CASE
        WHEN roll(i, 3, 100) < 85 THEN 'closed' WHEN roll(i, 3, 100) < 92 THEN 'answered'
        WHEN roll(i, 3, 100) < 97 THEN 'investigating' ELSE 'open'
    END AS state,
    ['email', 'phone', 'portal', 'letter', 'visit', 'dealer'][1 + roll(i, 4, 6)] AS way
FROM range($rows) AS t(i);

CREATE VIEW timed AS
SELECT
    *,
    received + to_minutes(CASE WHEN grave = 'critical' THEN roll(i, 5, 700) ELSE roll(i, 5, 1380) END
        + CASE WHEN fault(i, 6, 150) THEN 4000 ELSE 0 END) AS acknowledged,
    CASE WHEN state IN ('closed', 'answered') THEN
        received::DATE + (2 + roll(i, 7, 26) + CASE WHEN fault(i, 8, 40) THEN 20 ELSE 0 END)::INTEGER END AS answered
FROM drawn;

CREATE VIEW complaints AS
SELECT
    CASE WHEN fault(i, 20, 90000) THEN 'C-000000007' WHEN fault(i, 21, 15000) THEN format('c{:09d}', i)
        ELSE format('C-{:09d}', i) END AS complaint_id,
    CASE WHEN fault(i, 22, 12000) THEN format('K-9{:07d}', i) WHEN fault(i, 23, 9000) THEN NULL
        ELSE format('K-{:08d}', roll(i, 24, greatest($rows // 5, 1))) END AS customer_id,
    CASE WHEN fault(i, 25, 8000) THEN 'unknown'
        ELSE format('L-{}-{:04d}', 2020 + roll(i, 26, 6), roll(i, 27, 10000)) END AS lot,
    CASE WHEN fault(i, 28, 7000) THEN 'PX-99' ELSE format('PX-{:02d}', 1 + roll(i, 29, 40)) END AS product,
    ['Leeds', 'Brno', 'Lyon', 'Graz'][1 + roll(i, 31, 4)] AS site,
    way AS channel,
    CASE WHEN fault(i, 32, 6000) THEN 'other' ELSE ['leak', 'noise', 'vibration', 'delivery', 'invoice', 'documents',
        'packaging', 'service'][1 + roll(i, 33, 8)] END AS category,
    grave AS severity,
    state AS status,
    CASE WHEN fault(i, 34, 5000) THEN 'de' ELSE ['DE', 'AT', 'CZ', 'GB', 'FR', 'PL', 'IT'][1 + roll(i, 35, 7)] END AS country,
    CASE WHEN fault(i, 36, 700) THEN NULL WHEN fault(i, 37, 6000) THEN 'Service' ELSE
        ['Anna', 'Boris', 'Clara', 'David', 'Elena', 'Frank', 'Greta', 'Hugo'][1 + roll(i, 38, 8)] || ' ' ||
        ['Abel', 'Brandt', 'Cerny', 'Dubois', 'Evans', 'Fiala', 'Gruber'][1 + roll(i, 39, 7)] END AS owner,
    CASE WHEN (way <> 'email' AND roll(i, 40, 3) = 0) OR fault(i, 41, 4000) THEN NULL
        WHEN fault(i, 42, 10000) THEN format('person{} at example', i)
        ELSE format('person{}@customer{}.example', roll(i, 43, 100000), roll(i, 44, 5000)) END AS email,
    CASE WHEN fault(i, 45, 3000) THEN NULL WHEN fault(i, 46, 20000) THEN 'TBD, to be described later'
        WHEN fault(i, 47, 13000) THEN 'broken' ELSE
        ['The seal leaks under', 'A loud noise comes with', 'The flange vibrates at', 'The box was torn after',
         'The invoice does not fit', 'The manual is missing for', 'The shaft is worn after', 'The delivery was late for',
         'The wrong impeller came with', 'The coating peels off under'][1 + roll(i, 48, 10)] || ' ' ||
        ['full load', 'cold start', 'two weeks of use', 'the second order', 'normal service', 'high pressure',
         'the last shipment', 'the first inspection'][1 + roll(i, 49, 8)] || ' of pump ' ||
        ['P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y'][1 + roll(i, 50, 10)] END AS description,
    CASE WHEN state <> 'closed' OR fault(i, 51, 900) THEN NULL WHEN fault(i, 52, 3000) THEN 'no idea' ELSE
        ['seal fitted dry', 'bearing overloaded', 'packing too weak', 'order keyed wrongly', 'drawing out of date',
         'supplier changed alloy'][1 + roll(i, 53, 6)] END AS root_cause,
    CASE WHEN fault(i, 54, 30000) THEN received + INTERVAL 3 YEAR ELSE received END AS received_at,
    CASE WHEN fault(i, 55, 2500) THEN NULL WHEN fault(i, 56, 9000) THEN received - INTERVAL 2 DAY
        ELSE acknowledged END AS acknowledged_at,
    CASE WHEN fault(i, 57, 8000) THEN received::DATE - 1 ELSE answered END AS answered_on,
    CASE WHEN state = 'closed' AND fault(i, 58, 14000) THEN received::DATE - 3 WHEN state = 'closed' THEN received::DATE + 30
        ELSE greatest(received::DATE + 30, DATE '2026-11-15') END AS due_on,
    CASE WHEN state = 'closed' AND NOT fault(i, 59, 2000) THEN answered + roll(i, 60, 10)::INTEGER - CASE
        WHEN fault(i, 61, 6000) THEN 15 ELSE 0 END END AS closed_on,
    (1 + roll(i, 64, 500))::INTEGER AS quantity,
    (roll(i, 66, 9500000) / 100.0)::DOUBLE AS amount,
    CASE WHEN roll(i, 67, 4) = 0 THEN NULL WHEN fault(i, 68, 9000) THEN 0 ELSE 10 - (roll(i, 69, 100) ** 2 // 1500) END::INTEGER
        AS satisfaction,
    (roll(i, 71, 100) / 8.0 + roll(i, 72, 10))::DOUBLE AS hours,
    (grave <> 'minor' AND roll(i, 73, 4) = 0) OR fault(i, 74, 5000) AS escalated
FROM timed;

CREATE VIEW customers AS
SELECT format('K-{:08d}', i) AS customer_id, format('Customer {}', i) AS name
FROM range(greatest($rows // 5, 1)) AS t(i);
