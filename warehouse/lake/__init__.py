"""The world's side of the graph on Apache Spark: a lake of Parquet, made by the same SQL files."""
