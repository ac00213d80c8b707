/**
 * Macros under the functions on JSON; lists of entries are sorted by key, as Snowflake's objects
 * are.
 */
export const VARIANT_MACROS: readonly string[] = [
  `sf_try_parse_json(_sf_s) AS CASE WHEN trim(_sf_s) = '' THEN NULL WHEN json_valid(_sf_s) THEN CAST(json(_sf_s) AS JSON) END`,
  `sf_parse_json(_sf_s) AS CASE WHEN _sf_s IS NULL OR trim(_sf_s) = '' THEN NULL WHEN json_valid(_sf_s) THEN CAST(json(_sf_s) AS JSON)
      ELSE error('SF|100069|22P02|Error parsing JSON: ' || left(_sf_s, 100)) END`,
  `sf_list(_sf_j) AS json_extract(_sf_j, '$[*]')`,
  `sf_key_path(_sf_k) AS '$."' || replace(_sf_k, '"', '\\"') || '"'`,
  `sf_get_key(_sf_j, _sf_k) AS json_extract(_sf_j, sf_key_path(_sf_k))`,
  `sf_object(_sf_l) AS CAST('{' || array_to_string(list_transform(
      list_sort(list_filter(_sf_l, lambda _sf_e: _sf_e._sf_k IS NOT NULL AND _sf_e._sf_v IS NOT NULL)),
      lambda _sf_e: CAST(to_json(_sf_e._sf_k) AS VARCHAR) || ':' || CAST(_sf_e._sf_v AS VARCHAR)), ',') || '}' AS JSON)`,
  `sf_entries(_sf_j) AS list_transform(json_keys(_sf_j), lambda _sf_e: {'_sf_k': _sf_e, '_sf_v': json_extract(_sf_j, sf_key_path(_sf_e))})`,
  `sf_object_insert(_sf_j, _sf_k, _sf_v) AS sf_object(list_append(
      list_filter(sf_entries(_sf_j), lambda _sf_e: _sf_e._sf_k <> _sf_k), {'_sf_k': _sf_k, '_sf_v': _sf_v}))`,
  `sf_slice(_sf_l, _sf_a, _sf_b) AS list_slice(_sf_l, (CASE WHEN _sf_a < 0 THEN len(_sf_l) + _sf_a ELSE _sf_a END) + 1,
      CASE WHEN _sf_b < 0 THEN len(_sf_l) + _sf_b ELSE _sf_b END)`,
  `sf_distinct(_sf_l) AS list_filter(_sf_l, lambda _sf_e, _sf_i: list_position(_sf_l, _sf_e) = _sf_i)`,
  `sf_typeof(_sf_j) AS CASE json_type(_sf_j) WHEN 'NULL' THEN 'NULL_VALUE' WHEN 'VARCHAR' THEN 'VARCHAR' WHEN 'BIGINT' THEN 'INTEGER'
      WHEN 'UBIGINT' THEN 'INTEGER' WHEN 'HUGEINT' THEN 'INTEGER' WHEN 'DOUBLE' THEN 'DECIMAL' ELSE json_type(_sf_j) END`,
];
