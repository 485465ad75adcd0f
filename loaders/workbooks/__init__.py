"""Workbooks (XLSX, XLS, ODS) as rows of texts, read in a process of their own."""
