"""Published files of tables: one module a format, each of which reads a file or folder as a `Table`."""

from nasbench_sim.tables.importers.registry import (
    Importer,
    detect,
    format_names,
    import_file,
    importer,
    importers,
    register_importer,
)

__all__ = ["Importer", "detect", "format_names", "import_file", "importer", "importers", "register_importer"]
