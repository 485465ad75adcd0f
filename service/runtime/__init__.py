"""What running in a process needs: deadlines, request ids, events to measure, memory."""
