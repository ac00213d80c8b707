"""The part of Glue's own Python library that jobs of the product may use, for runs on one machine.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python.html
"""
