/** Macros of FLATTEN: object keys are sorted by nothing, arrays keep their order. */
export const TABLE_MACROS: readonly string[] = [
  `sf_flatten(_sf_j) AS TABLE SELECT CAST(1 AS DECIMAL(18,0)) AS _sf_seq,
    CASE WHEN json_type(_sf_j) = 'OBJECT' THEN _sf_c.key END AS _sf_key,
    CASE WHEN json_type(_sf_j) = 'ARRAY' THEN '[' || _sf_c.key || ']' ELSE _sf_c.key END AS _sf_path,
    CASE WHEN json_type(_sf_j) = 'ARRAY' THEN CAST(_sf_c.key AS DECIMAL(18,0)) END AS _sf_index,
    CAST(_sf_c.value AS JSON) AS _sf_value, _sf_j AS _sf_this
    FROM json_each(CASE WHEN json_type(_sf_j) IN ('OBJECT', 'ARRAY') THEN _sf_j END) AS _sf_c`,
  `sf_flatten_tree(_sf_j) AS TABLE SELECT CAST(1 AS DECIMAL(18,0)) AS _sf_seq,
    CASE WHEN regexp_full_match(_sf_c.fullkey, '.*\\]') THEN NULL ELSE _sf_c.key END AS _sf_key,
    regexp_replace(substring(_sf_c.fullkey, 2), '^\\.', '') AS _sf_path,
    CASE WHEN regexp_full_match(_sf_c.fullkey, '.*\\]') THEN CAST(_sf_c.key AS DECIMAL(18,0)) END AS _sf_index,
    CAST(_sf_c.value AS JSON) AS _sf_value, json_extract(_sf_j, _sf_c.path) AS _sf_this
    FROM json_tree(_sf_j) AS _sf_c WHERE _sf_c.fullkey <> '$'`,
];
