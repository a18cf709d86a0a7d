"""Opens a lake with pyarrow, pandas and polars, file by file and folder by folder, and prints what each sees as JSON.

Usage: read_lake.py <lake root>
"""

import glob
import json
import os
import sys

import mmh3
import pandas
import polars
import pyarrow
import pyarrow.dataset
import pyarrow.parquet

KEYS = {"customers": ["customer_id"], "product_catalog": ["product_id"], "shopping_carts": ["cart_id"], "cart_items": ["cart_item_id"],
        "orders": ["order_id"], "order_items": ["order_id", "product_id"], "returns": ["return_id"], "return_items": ["return_item_id"]}


def arrow_types(schema):
    return {field.name: str(field.type) for field in schema}


def pandas_types(frame):
    # Nulls turn a column of booleans or texts into objects; what counts is that nothing is categorical.
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def polars_types(frame):
    return {name: str(dtype) for name, dtype in frame.schema.items()}


def differing(files, read):
    """Types of the first file, and the files that read otherwise."""
    first = read(files[0])
    return first, [path for path in files if read(path) != first]


def main(root):
    answer = {}
    for table in sorted(os.listdir(root)):
        folder = os.path.join(root, table)
        files = sorted(glob.glob(os.path.join(folder, "*", "*.parquet")))
        hive = pyarrow.dataset.dataset(folder, format="parquet", partitioning="hive", exclude_invalid_files=False,
                                       ignore_prefixes=["_", "."])
        sample = files[:: max(1, len(files) // 20)]
        arrow, arrow_odd = differing(files, lambda path: arrow_types(pyarrow.parquet.read_schema(path)))
        polar, polar_odd = differing(files, lambda path: {k: str(v) for k, v in polars.read_parquet_schema(path).items()})
        frames = [pandas.read_parquet(path, partitioning=None) for path in sample]
        scan = polars.scan_parquet(os.path.join(folder, "*", "*.parquet"), hive_partitioning=True, try_parse_hive_dates=False)
        rows = hive.to_table().to_pylist() if table != "customers" else pyarrow.parquet.read_table(files[0], partitioning=None).to_pylist()
        answer[table] = {
            "files": len(files),
            "pyarrow": arrow,
            "pyarrow_odd": arrow_odd,
            "polars": polar,
            "polars_odd": polar_odd,
            "pandas_categorical": sorted({name for frame in frames for name, dtype in frame.dtypes.items() if str(dtype) == "category"}),
            "pandas_types": {k: v for k, v in pandas_types(frames[0]).items()},
            "folder_pyarrow": arrow_types(hive.schema),
            "folder_polars": {k: str(v) for k, v in scan.collect_schema().items()},
            "rows_pyarrow": hive.count_rows(),
            "rows_polars": scan.select(polars.len()).collect().item(),
            "rows_files": sum(pyarrow.parquet.read_metadata(path).num_rows for path in files),
            "wrong_event_ids": sum(
                row["event_id"] != f"evt_{mmh3.hash128(table + '|' + '|'.join(str(row[key]) for key in KEYS[table]), x64arch=False):032x}" for row in rows
            ),
        }
    json.dump(answer, sys.stdout)


main(sys.argv[1])
