"""Reading what a manager has: CSV and XLSX files in Chinese or English, into typed rows or plain complaints."""
