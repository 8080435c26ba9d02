"""Reading what a manager has: CSV and XLSX, Chinese or English, into typed rows or plain complaints."""
