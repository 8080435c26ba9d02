"""Management fee and expenses. (Capital builder: the lead writes this room; leave it.)"""
