"""Rows and columns of any table: delimited text, workbooks, timetables."""
