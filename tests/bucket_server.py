"""A server of S3 for tests, with a bucket in which nothing is public."""

import logging
from urllib.request import Request, urlopen

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "site"
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "eu-west-3"}


class BucketServer:
    def __init__(self):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        self.address = "http://{}:{}".format(*self.server.get_host_and_port())
        urlopen(Request(f"{self.address}/moto-api/reset", method="POST")).close()  # noqa: S310 what other servers of this process kept
        self.variables = {"S3_BUCKET": BUCKET, "S3_ENDPOINT": self.address, **KEYS}
        self.client = boto3.client("s3", endpoint_url=self.address, aws_access_key_id="key", aws_secret_access_key="secret")
        self.client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})

    def stop(self):
        self.server.stop()
