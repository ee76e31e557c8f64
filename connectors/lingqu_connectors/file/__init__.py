"""A folder of files that manifests name."""
