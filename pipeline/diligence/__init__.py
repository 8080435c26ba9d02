"""Due diligence: workstreams, findings and the data room."""
