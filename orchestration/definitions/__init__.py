"""One file per code location and nothing else; `realtime` is light, `batch` may import anything."""
